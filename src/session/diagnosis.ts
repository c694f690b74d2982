/** What can be wrong between here and the device, each with its words in one table. */
export type DiagnosisCode =
  | 'host-not-found'
  | 'host-unreachable'
  | 'port-closed'
  | 'no-answer'
  | 'not-remootio'
  | 'secret-key-wrong'
  | 'auth-key-wrong'
  | 'authentication-refused'
  | 'slot-taken'
  | 'device-silent'
  | 'wrong-device'
  | 'protocol-error';

/** A diagnosis in plain words: what is the matter, and what the reader can do. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly message: string;
  readonly remedy: string;
}
