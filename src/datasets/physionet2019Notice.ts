/** Where the challenge publishes the data; the authority on licence and description. */
export const physionet2019Page = 'https://physionet.org/content/challenge-2019/1.0.0/';

export const physionet2019Licence = 'CC BY 4.0';

export const physionet2019Citation =
  'Reyna MA, Josef CS, Jeter R, Shashikumar SP, Westover MB, Nemati S, Clifford GD, Sharma A. Early Prediction of ' +
  'Sepsis From Clinical Data: The PhysioNet/Computing in Cardiology Challenge 2019. Crit Care Med 48(2):210-217, ' +
  '2020. https://doi.org/10.1097/CCM.0000000000004145. Data v1.0.0: https://doi.org/10.13026/v64v-d857.';

/** LICENSE.txt of the cohort folder. */
export const physionet2019LicenceText = `PhysioNet/Computing in Cardiology Challenge 2019, training sets A and B (version 1.0.0)

The data in this folder are derived from the work above by Reyna MA, Josef CS, Jeter R, Shashikumar SP, Westover MB,
Nemati S, Clifford GD and Sharma A, published on PhysioNet (${physionet2019Page}, https://doi.org/10.13026/v64v-d857)
and are made available, like it, under the

    Creative Commons Attribution 4.0 International licence (CC BY 4.0)
    https://creativecommons.org/licenses/by/4.0/legalcode

Changes to the original: selection of patients and hours, values outside plausible ranges left out, patient ids
replaced, columns joined into Parquet tables. DATASHEET.md describes them exactly. The authors of the original do not
endorse this derivation. The material is given as it is, without warranty.

The licence is stated here to the best of our knowledge; the challenge's page is the authority, consult it before you
publish a copy. The data are de-identified: do not try to re-identify anyone.
`;

/** CITATION.bib of the cohort folder. */
export const physionet2019Bibliography = `@article{reyna2020sepsis,
  author  = {Reyna, Matthew A. and Josef, Christopher S. and Jeter, Russell and Shashikumar, Supreeth P. and Westover, M. Brandon and Nemati, Shamim and Clifford, Gari D. and Sharma, Ashish},
  title   = {Early Prediction of Sepsis From Clinical Data: The {PhysioNet/Computing in Cardiology} Challenge 2019},
  journal = {Critical Care Medicine},
  volume  = {48},
  number  = {2},
  pages   = {210--217},
  year    = {2020},
  doi     = {10.1097/CCM.0000000000004145}
}

@misc{reyna2019data,
  author    = {Reyna, M. and Josef, C. and Jeter, R. and Shashikumar, S. and Moody, B. and Westover, M. B. and Sharma, A. and Nemati, S. and Clifford, G. D.},
  title     = {Early Prediction of Sepsis from Clinical Data: The {PhysioNet/Computing in Cardiology} Challenge 2019},
  version   = {1.0.0},
  publisher = {PhysioNet},
  year      = {2019},
  doi       = {10.13026/v64v-d857}
}

@article{goldberger2000physionet,
  author  = {Goldberger, A. L. and Amaral, L. A. N. and Glass, L. and others},
  title   = {{PhysioBank, PhysioToolkit, and PhysioNet}: Components of a New Research Resource for Complex Physiologic Signals},
  journal = {Circulation},
  volume  = {101},
  number  = {23},
  pages   = {e215--e220},
  year    = {2000}
}
`;
