/** Moments of fewer stays than this stay in the hospital. */
export const minimumStaysForMoments = 50;
