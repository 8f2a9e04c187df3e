#!/usr/bin/env node
// Starts the program; says what is missing when it was never built.
try {
  require('../dist/pipe.cjs');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes('../dist/pipe.cjs')) throw error;
  process.stderr.write('error: `dist/` is missing, so pipe was never built\n\nhint: npm run build\n');
  process.exitCode = 2;
}
