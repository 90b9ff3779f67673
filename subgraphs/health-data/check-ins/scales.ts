/**
 * The words of each step, 1 to 5. Three of the five questions of a common wellness form (McLean et al. 2010, Int J
 * Sports Physiol Perform 5:367-383); there 5 is always the good end, here the number grows with what is asked about.
 */
export const SCALES = {
  soreness: ['none', 'a little', 'some', 'a lot', 'severe'],
  stress: ['none', 'a little', 'some', 'a lot', 'severe'],
  mood: ['very low', 'low', 'neither', 'good', 'very good'],
} as const;

/** For the schema: "1 none, 2 a little, ...". */
export const scaleInWords = (scale: keyof typeof SCALES): string =>
  SCALES[scale].map((word, index) => `${index + 1} ${word}`).join(', ');
