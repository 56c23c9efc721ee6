export const odbl = 'ODbL 1.0';

const yaib =
  'van de Water R, Schmidt H, Elbers P, Thoral P, Arnrich B, Rockenschaub P. Yet Another ICU Benchmark: A Flexible Multi-Center ' +
  'Framework for Clinical ML. ICLR 2024. https://arxiv.org/abs/2306.05109';

export const eicuDemoCitation =
  'Johnson A, Pollard T, Badawi O, Raffa J. eICU Collaborative Research Database Demo (version 2.0.1). PhysioNet, 2021. ' +
  `https://doi.org/10.13026/4mxk-na84. Parent: Pollard TJ, et al. Sci Data 5:180178, 2018. Hourly tables: ${yaib}`;

export const mimic3DemoCitation =
  'Johnson A, Pollard T, Mark R. MIMIC-III Clinical Database Demo (version 1.4). PhysioNet, 2019. ' +
  `https://doi.org/10.13026/C2HM2Q. Parent: Johnson AEW, et al. Sci Data 3:160035, 2016. Hourly tables: ${yaib}`;

export const mimic4DemoCitation =
  'Johnson A, Bulgarelli L, Pollard T, Horng S, Celi LA, Mark R. MIMIC-IV Clinical Database Demo (version 2.2). PhysioNet, 2023. ' +
  'https://doi.org/10.13026/dp1f-ex47. Parent: Johnson AEW, et al. Sci Data 10:1, 2023, https://doi.org/10.1038/s41597-022-01899-x';

/** NOTICE.txt of a demo's cohort folder, beside the text of the licence. */
export function demoNotice(title: string, citation: string): string {
  return `Contains information from the ${title}, which is made available here under the
Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/ (text: LICENSE.txt).

This folder is a derived database and is offered under the same licence: whoever passes it on, or a database derived
from it, keeps this notice and offers it under the ODbL. It is no part of the software's own licence.

Changes to the original: a selection of tables, hours and columns; vital signs and laboratory values brought onto an
hourly grid; patient and stay ids replaced; written as Parquet. DATASHEET.md says more.

${citation}

Please also cite Goldberger A, Amaral L, Glass L, et al. PhysioBank, PhysioToolkit, and PhysioNet. Circulation
101(23):e215-e220, 2000. The data are de-identified: do not try to re-identify anyone.
`;
}

const goldberger = `@article{goldberger2000physionet,
  author  = {Goldberger, A. L. and Amaral, L. A. N. and Glass, L. and others},
  title   = {{PhysioBank, PhysioToolkit, and PhysioNet}: Components of a New Research Resource for Complex Physiologic Signals},
  journal = {Circulation},
  volume  = {101},
  number  = {23},
  pages   = {e215--e220},
  year    = {2000}
}
`;

const yaibEntry = `@inproceedings{vandewater2024yaib,
  author    = {van de Water, Robin and Schmidt, Hendrik and Elbers, Paul and Thoral, Patrick and Arnrich, Bert and Rockenschaub, Patrick},
  title     = {Yet Another {ICU} Benchmark: A Flexible Multi-Center Framework for Clinical {ML}},
  booktitle = {International Conference on Learning Representations},
  year      = {2024}
}
`;

export const eicuDemoBibliography = `@misc{johnson2021eicudemo,
  author    = {Johnson, A. and Pollard, T. and Badawi, O. and Raffa, J.},
  title     = {{eICU} Collaborative Research Database Demo},
  version   = {2.0.1},
  publisher = {PhysioNet},
  year      = {2021},
  doi       = {10.13026/4mxk-na84}
}

${yaibEntry}
${goldberger}`;

export const mimic3DemoBibliography = `@misc{johnson2019mimic3demo,
  author    = {Johnson, A. and Pollard, T. and Mark, R.},
  title     = {{MIMIC-III} Clinical Database Demo},
  version   = {1.4},
  publisher = {PhysioNet},
  year      = {2019},
  doi       = {10.13026/C2HM2Q}
}

${yaibEntry}
${goldberger}`;

export const mimic4DemoBibliography = `@misc{johnson2023mimic4demo,
  author    = {Johnson, A. and Bulgarelli, L. and Pollard, T. and Horng, S. and Celi, L. A. and Mark, R.},
  title     = {{MIMIC-IV} Clinical Database Demo},
  version   = {2.2},
  publisher = {PhysioNet},
  year      = {2023},
  doi       = {10.13026/dp1f-ex47}
}

${goldberger}`;
