/** Training cannot go on: a hospital or a model produced something unusable. The run records it and goes on with the next job. */
export class TrainingFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TrainingFailure';
  }
}
