/** The environment variable by which the processes of a unit are found, wherever they have gone. */
export const MARKER_NAME = 'PIPE_EXECUTION';
