import { describeAgent } from './table.js';

describeAgent('claude');
