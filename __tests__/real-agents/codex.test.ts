import { describeAgent } from './table.js';

describeAgent('codex');
