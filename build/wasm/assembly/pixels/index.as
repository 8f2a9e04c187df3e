/** All kernels on pixels, each exported by its name. */
export { sumRows, meanColours, meanGrays } from './resize';
export { resampleAcross, resampleDown } from './resample';
export { warp } from './warp';
export { lumaOf, mixWithGray, turnColours } from './colour';
export { scaleDistances, sumChannels } from './levels';
export { blurImage } from './blur';
export { addNoise } from './noise';
export { blendTables, tileTable } from './clahe';
