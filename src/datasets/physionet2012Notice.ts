/** Where the challenge publishes the data; the authority on licence and description. */
export const physionet2012Page = 'https://physionet.org/content/challenge-2012/1.0.0/';

export const physionet2012Licence = 'ODC-BY 1.0';

export const physionet2012Citation =
  'Silva I, Moody G, Scott DJ, Celi LA, Mark RG. Predicting in-hospital mortality of ICU patients: The ' +
  'PhysioNet/Computing in Cardiology Challenge 2012. Comput Cardiol 39:245-248, 2012. Data v1.0.0: ' +
  physionet2012Page;

/** LICENSE.txt of the cohort folder. */
export const physionet2012LicenceText = `PhysioNet/Computing in Cardiology Challenge 2012, sets a and b (version 1.0.0)

Contains information from the PhysioNet/Computing in Cardiology Challenge 2012
(${physionet2012Page}) by Silva I, Moody G, Scott DJ, Celi LA and Mark RG,
which is made available here, like it, under the

    Open Data Commons Attribution License (ODC-BY 1.0)
    https://opendatacommons.org/licenses/by/1-0/

Changes to the original: records brought onto an hourly grid, values outside plausible ranges left out, record ids
replaced, joined into Parquet tables. DATASHEET.md describes them exactly. The authors of the original do not endorse
this derivation. The material is given as it is, without warranty.

The licence is stated here to the best of our knowledge; the challenge's page is the authority, consult it before you
publish a copy. The data are de-identified: do not try to re-identify anyone.
`;

/** CITATION.bib of the cohort folder. */
export const physionet2012Bibliography = `@inproceedings{silva2012mortality,
  author    = {Silva, Ikaro and Moody, George and Scott, Daniel J. and Celi, Leo A. and Mark, Roger G.},
  title     = {Predicting in-hospital mortality of {ICU} patients: The {PhysioNet/Computing in Cardiology} Challenge 2012},
  booktitle = {Computing in Cardiology},
  volume    = {39},
  pages     = {245--248},
  year      = {2012}
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
