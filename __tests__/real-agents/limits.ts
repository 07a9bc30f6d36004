/** How long real agents may take: to be installed, which is some 350 MB each, and for one attempt on a machine with other work. */
export const INSTALL_MILLIS = 600_000;
export const ATTEMPT_MILLIS = 240_000;
