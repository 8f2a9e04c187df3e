/** What can be wrong with the file of a trained network. */
import path from 'node:path';
import { StageError } from '../../../src/sdk/index.ts';

/** E0884. @param why  lower case, no final period. */
export function unreadable(file: string, why: string): StageError {
  return new StageError(`the network in \`${path.basename(file)}\` cannot be read: ${why}`, {
    code: 'E0884',
    hint: 'copy it again, or convert it to ONNX or to a layers model of TensorFlow.js',
  });
}

/** E0885. @param operation  its name in the format. @param where  the value it makes. */
export function unknownOperation(operation: string, where: string, why = 'it is not known here'): StageError {
  return new StageError(`the network has the operation \`${operation}\` at \`${where}\`: ${why}`, {
    code: 'E0885',
    hint: 'name an earlier place: `until`, or export the network without it',
  });
}
