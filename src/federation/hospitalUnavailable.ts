/** A hospital does not answer at present; a round of training goes on without it. */
export class HospitalUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HospitalUnavailable';
  }
}
