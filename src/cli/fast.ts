/**
 * The program's entry: answers "nothing to do" at once, and otherwise loads the real program.
 *
 * Starting Node takes most of the time of such an answer, so this file and all it imports stay tiny.
 */
import { answerFromCertificate } from './answer.ts';

const argv = process.argv.slice(2);
void answerFromCertificate(argv, process.cwd())
  .then((isAnswered) => (isAnswered ? null : import('./main.ts')))
  .then((program) => program?.main(argv));
