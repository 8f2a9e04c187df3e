/**
 * The program's entry: answers "nothing to do" at once, and otherwise loads the real program.
 *
 * Starting Node takes most of the time of such an answer, so this file and all it imports stay tiny.
 */
import { answerFromCertificate } from './answer.ts';

const argv = process.argv.slice(2);
if (!answerFromCertificate(argv, process.cwd())) void import('./main.ts').then(({ main }) => main(argv));
