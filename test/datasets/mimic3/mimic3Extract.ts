import { writeTable } from '../ingest/sourceFolder.js';

/*
 * An invented extract in the schema of MIMIC-III 1.4 as the full release writes it: file names and headers in upper case.
 *
 * ICUSTAY_ID 201: subject 1, CareVue, 2150-03-01 10:00 to 2150-03-03 10:00 (2 days), 60 years, survived
 * ICUSTAY_ID 202: subject 2, MetaVision, 2160-06-01 00:00 to 2160-06-05 00:00 (4 days), above 89 (born 300 years before), died
 * ICUSTAY_ID 203: subject 2, the same hospital stay, 2160-06-06 00:00 to 12:00
 */
export async function writeMimic3(folder: string): Promise<void> {
  await writeTable(folder, 'ICUSTAYS.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ICUSTAY_ID","DBSOURCE","FIRST_CAREUNIT","LAST_CAREUNIT","FIRST_WARDID","LAST_WARDID","INTIME","OUTTIME","LOS"',
    '1,1,11,201,"carevue","MICU","MICU",50,50,2150-03-01 10:00:00,2150-03-03 10:00:00,2',
    '2,2,12,202,"metavision","SICU","MICU",51,50,2160-06-01 00:00:00,2160-06-05 00:00:00,4',
    '3,2,12,203,"metavision","SICU","SICU",51,51,2160-06-06 00:00:00,2160-06-06 12:00:00,0.5',
  ]);
  await writeTable(folder, 'ADMISSIONS.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ADMITTIME","DISCHTIME","ETHNICITY","HOSPITAL_EXPIRE_FLAG"',
    '1,1,11,2150-03-01 08:00:00,2150-03-05 08:00:00,"HISPANIC/LATINO - CUBAN",0',
    '2,2,12,2160-05-31 08:00:00,2160-06-06 13:00:00,"UNKNOWN/NOT SPECIFIED",1',
  ]);
  await writeTable(folder, 'PATIENTS.csv.gz', [
    '"ROW_ID","SUBJECT_ID","GENDER","DOB","DOD","DOD_HOSP","DOD_SSN","EXPIRE_FLAG"',
    '1,1,"F",2090-03-01 00:00:00,,,,0',
    '2,2,"M",1860-06-01 00:00:00,2160-06-06 13:00:00,2160-06-06 13:00:00,,1',
  ]);
  await writeTable(folder, 'CHARTEVENTS.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ICUSTAY_ID","ITEMID","CHARTTIME","STORETIME","CGID","VALUE","VALUENUM","VALUEUOM","WARNING","ERROR","RESULTSTATUS","STOPPED"',
    '1,1,11,201,211,2150-03-01 10:10:00,,,"80",80,"BPM",,,,"NotStopd"',
    '2,1,11,201,211,2150-03-01 10:40:00,,,"90",90,"BPM",,,,"NotStopd"',
    '3,1,11,201,678,2150-03-01 11:00:00,,,"98.6",98.6,"Deg. F",,,,',
    '4,1,11,201,720,2150-03-01 11:00:00,,,"Assist Control",,,,,,',
    '5,1,11,201,190,2150-03-01 11:00:00,,,"0.4",0.4,"torr",,,,',
    '6,2,12,202,220045,2160-06-01 00:30:00,,,"100",100,"bpm",0,0,,',
    '7,2,12,202,220045,2160-06-01 00:40:00,,,"200",200,"bpm",0,1,,',
    '8,2,12,,220045,2160-06-01 01:30:00,,,"110",110,"bpm",0,0,,',
    '9,2,12,202,223761,2160-06-01 01:30:00,,,"212",212,"?F",0,0,,',
    '10,2,12,202,223835,2160-06-01 01:30:00,,,"50",50,,0,0,,',
  ]);
  await writeTable(folder, 'LABEVENTS.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ITEMID","CHARTTIME","VALUE","VALUENUM","VALUEUOM","FLAG"',
    '1,1,11,50912,2150-03-01 09:59:00,"9",9,"mg/dL",',
    '2,1,11,50912,2150-03-01 10:00:00,"1.1",1.1,"mg/dL",',
    '3,2,,50912,2160-06-01 02:00:00,"2.2",2.2,"mg/dL","abnormal"',
    '4,2,12,50912,2160-06-06 03:00:00,"3.3",3.3,"mg/dL","abnormal"',
    '5,2,12,50804,2160-06-06 03:00:00,"25",25,"MEQ/L",',
  ]);
  await writeTable(folder, 'PRESCRIPTIONS.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ICUSTAY_ID","STARTDATE","ENDDATE","DRUG_TYPE","DRUG"',
    '1,1,11,201,2150-03-02 00:00:00,2150-03-02 00:00:00,"MAIN","Furosemide"',
  ]);
  await writeTable(folder, 'INPUTEVENTS_MV.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ICUSTAY_ID","STARTTIME","ENDTIME","ITEMID","AMOUNT","STATUSDESCRIPTION"',
    '1,2,12,202,2160-06-01 13:00:00,2160-06-02 11:00:00,222168,10,"FinishedRunning"',
    '2,2,12,202,2160-06-01 01:00:00,2160-06-01 02:00:00,222168,10,"Rewritten"',
  ]);
  await writeTable(folder, 'INPUTEVENTS_CV.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ICUSTAY_ID","CHARTTIME","ITEMID","AMOUNT","RATE"',
    '1,1,11,201,2150-03-01 10:30:00,30131,5,',
    '2,1,11,201,2150-03-01 23:30:00,30131,0,0',
  ]);
  await writeTable(folder, 'D_ITEMS.csv.gz', [
    '"ROW_ID","ITEMID","LABEL","ABBREVIATION","DBSOURCE"',
    '1,222168,"Propofol","Propofol","metavision"',
    '2,30131,"Propofol",,"carevue"',
  ]);
  await writeTable(folder, 'DIAGNOSES_ICD.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","SEQ_NUM","ICD9_CODE"',
    '1,1,11,1,"4280"',
    '2,2,12,1,"0389"',
  ]);
  await writeTable(folder, 'PROCEDUREEVENTS_MV.csv.gz', [
    '"ROW_ID","SUBJECT_ID","HADM_ID","ICUSTAY_ID","STARTTIME","ENDTIME","ITEMID"',
    '1,2,12,203,2160-06-06 01:00:00,2160-06-06 02:00:00,225792',
  ]);
}
