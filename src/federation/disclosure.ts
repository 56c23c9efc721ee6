/** Counts of 1…10 stays never leave a hospital. */
export const minimumCell = 11;

/** Moments of fewer stays than this stay in the hospital. */
export const minimumStaysForMoments = 50;
