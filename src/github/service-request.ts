/** What is asked of the cache and of artifacts of GitHub, and the names of the files in the folder of a call. */
import type { CacheKeys } from './place.js';

export type ServiceRequest =
  /** Fetches what base and branch have kept, into `BASE_FILE` and `BRANCH_FILE`. What is not there is no fault. */
  | { readonly kind: 'restore'; readonly keys: CacheKeys }
  /** Keeps `ENTRY_FILE` under a name that nothing else has. */
  | { readonly kind: 'save'; readonly key: string }
  /** The paths in the artifact count from `root`. All of them are absolute. */
  | {
      readonly kind: 'artifact';
      readonly name: string;
      readonly root: string;
      readonly files: readonly string[];
      readonly days: number;
    };

export const ENTRY_FILE = 'batchtool.json';
export const BASE_FILE = 'base.json';
export const BRANCH_FILE = 'branch.json';
/** The most that is kept, and taken when something is fetched. */
export const MOST_ENTRY_BYTES = 8 * 1024 * 1024;

/** The word with which the bundle of the post step is started to carry out a request. */
export const SERVICE_WORD = 'service';
