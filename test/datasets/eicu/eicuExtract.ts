import { writeTable } from '../ingest/sourceFolder.js';

/*
 * An invented extract in the schema of eICU-CRD, with its quirks: lower-case infusiondrug, a quoted label with a comma, the
 * age "> 89", blank region and beds, a person in two hospitals, times before admission, text where a number should be.
 *
 * stay  patient  hospital  hospital stay  visit  minutes  died
 * 101   p1       10        1001           1      3000     no
 * 102   p1       20        1002           1      1500     no     the same person in another hospital
 * 103   p2       10        1003           1      6000     yes
 * 104   p2       10        1003           2      700      yes    second unit stay of the same hospital stay
 * 105   p3       30        1005           1      90       blank  region and beds blank
 * 106   p4       20        1006           1      0        no     no length
 * 107   p5       20        1007           1      1440     no     17 years old
 */
export const patientLines = [
  'patientunitstayid,patienthealthsystemstayid,gender,age,ethnicity,hospitalid,wardid,admissionheight,hospitaldischargestatus,unittype,unitvisitnumber,admissionweight,unitdischargeoffset,uniquepid',
  '101,1001,Female,64,Caucasian,10,1,165,Alive,Med-Surg ICU,1,70.5,3000,p1',
  '102,1002,Female,64,Caucasian,20,2,165,Alive,MICU,1,71,1500,p1',
  '103,1003,Male,> 89,African American,10,1,9,Expired,Med-Surg ICU,1,80,6000,p2',
  '104,1003,Male,> 89,African American,10,1,180,Expired,Med-Surg ICU,2,80,700,p2',
  '105,1005,,,,30,3,,,SICU,1,,90,p3',
  '106,1006,Male,50,Asian,20,2,170,Alive,MICU,1,60,0,p4',
  '107,1007,Male,17,Native American,20,2,170,Alive,MICU,1,60,1440,p5',
];

export const hospitalLines = [
  'hospitalid,numbedscategory,teachingstatus,region',
  '10,100 - 249,f,Midwest',
  '20,>= 500,t,South',
  '30,,f,',
];

export const labLines = [
  'labid,patientunitstayid,labresultoffset,labtypeid,labname,labresult,labresulttext,labmeasurenamesystem,labmeasurenameinterface,labresultrevisedoffset',
  '1,101,-10,1,creatinine,9.9,9.9,mg/dL,mg/dL,0',
  '2,101,0,1,creatinine,1.0,1.0,mg/dL,MG/DL,0',
  '3,101,30,1,creatinine,2.0,2.0,mg/dL,mg/dL,0',
  '4,101,59,1,creatinine,6.0,6.0,mg/dL,mg/dL,0',
  '5,101,60,1,creatinine,3.0,3.0,mg/dL,mg/dL,0',
  '6,101,1500,1,creatinine,4.0,4.0,mg/dL,mg/dL,0',
  '7,101,61,1,sodium,14000,14000,mmol/L,mmol/L,0',
  '8,103,5,1,ionized calcium,4.0,4.0,mg/dL,mg/dL,0',
  '9,103,65,1,ionized calcium,1.1,1.1,mg/dL,mmol/L,0',
  '10,103,65,3,WBC x 1000,8.5,8.5,K/mcL,K/MM3,0',
  '11,105,89,1,sodium,140,140,mmol/L,mmol/L,0',
  '12,105,95,1,sodium,150,150,mmol/L,mmol/L,0',
  '13,102,10,1,lactate,,>15,mmol/L,mmol/L,0',
];

const vitalAperiodicLines = [
  'vitalaperiodicid,patientunitstayid,observationoffset,noninvasivesystolic,noninvasivediastolic,noninvasivemean,paop,cardiacoutput,cardiacinput,svr,svri,pvr,pvri',
  '1,101,5,100,60,70,,,,,,,',
  '2,101,10,110,60,,,,,,,,',
  '3,101,15,123,0,70,,,,,,,',
];

const respiratoryChartingLines = [
  'respchartid,patientunitstayid,respchartoffset,respchartentryoffset,respcharttypecat,respchartvaluelabel,respchartvalue',
  '1,101,20,20,respFlowSettings,FiO2,40',
  '2,101,30,30,respFlowSettings,FiO2,50%',
  '3,101,40,40,respFlowPtVentData,"Inspiratory Pressure, Set","1,2"',
  '4,103,40,40,respFlowSettings,Tidal Volume (set),450',
];

const medicationLines = [
  'medicationid,patientunitstayid,drugorderoffset,drugstartoffset,drugivadmixture,drugordercancelled,drugname,drughiclseqno,dosage,routeadmin,frequency,loadingdose,prn,drugstopoffset,gtc',
  '1,101,0,10,No,No,HYDROCODONE-ACETAMINOPHEN 5-325 MG PO TABS,2063,1 tab,PO,q4h,,Yes,1500,65',
  '2,101,0,10,No,Yes,ASPIRIN 81 MG,1820,81 mg,PO,qd,,No,3000,65',
  '3,101,0,800,No,No,,2063,1 tab,PO,q4h,,Yes,0,65',
  '4,103,0,-500,Yes,No,Norepinephrine 8 mg in D5W,2051,8 mg,IV,cont,,No,100,65',
];

const infusionDrugLines = [
  'infusiondrugid,patientunitstayid,infusionoffset,drugname,drugrate,infusionrate,drugamount,volumeoffluid,patientweight',
  '1,103,750,Propofol (mcg/kg/min),ERROR,,,,',
  '2,103,1500,Propofol (mcg/kg/min),0,0,1000,100,80',
  '3,103,2200,Propofol (mcg/kg/min),20,12,1000,100,80',
  '4,103,100,Propofol (mcg/kg/min),,5,1000,100,80',
];

const treatmentLines = [
  'treatmentid,patientunitstayid,treatmentoffset,treatmentstring,activeupondischarge',
  '1,101,10,pulmonary|ventilation and oxygenation|mechanical ventilation|assist controlled,False',
  '2,102,10,pulmonary|ventilation and oxygenation|mechanical ventilation|non-invasive ventilation,False',
];

const diagnosisLines = [
  'diagnosisid,patientunitstayid,activeupondischarge,diagnosisoffset,diagnosisstring,icd9code,diagnosispriority',
  '1,101,True,10,cardiovascular|shock / hypotension|sepsis,"038.9, A41.9",Primary',
  '2,102,True,-10,cardiovascular|shock / hypotension|sepsis,"038.9, A41.9",Primary',
  '3,103,True,10,pulmonary|pneumonia,486,Primary',
];

/** Writes the extract as PhysioNet ships eICU-CRD: gzipped CSV, mixed case. */
export async function writeEicu(folder: string): Promise<void> {
  await writeTable(folder, 'patient.csv.gz', patientLines);
  await writeTable(folder, 'hospital.csv.gz', hospitalLines);
  await writeTable(folder, 'lab.csv.gz', labLines);
  await writeTable(folder, 'vitalAperiodic.csv.gz', vitalAperiodicLines);
  await writeTable(folder, 'respiratoryCharting.csv.gz', respiratoryChartingLines);
  await writeTable(folder, 'medication.csv.gz', medicationLines);
  await writeTable(folder, 'infusiondrug.csv.gz', infusionDrugLines);
  await writeTable(folder, 'treatment.csv.gz', treatmentLines);
  await writeTable(folder, 'diagnosis.csv.gz', diagnosisLines);
}
