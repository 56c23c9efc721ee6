import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';

/** Raised whenever a classifier or its training changes; with the patient summary's it makes the versions of utility metrics. */
const CLASSIFIERS_VERSION = 2;

export const UTILITY_VERSION = PATIENT_SUMMARY_VERSION + CLASSIFIERS_VERSION - 1;
