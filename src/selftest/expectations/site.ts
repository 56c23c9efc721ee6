import type { FamilyExpectations } from '../expectation.js';

/** Differences between hospitals. */
export const siteExpectations: FamilyExpectations = {};
