import { describeAgent } from './table.js';

describeAgent('opencode');
