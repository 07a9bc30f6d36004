import { describeAgent } from './table.js';

describeAgent('gemini');
