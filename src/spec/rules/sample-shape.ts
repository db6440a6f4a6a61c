import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { describeShape, sampleShape, shapesFit } from '../sample-shape.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, trainStage, type Rule } from './rule.js';

/** A generator makes samples of the shape that it was trained on, and is compared with data of that shape. */
export const sampleShapeFits: Rule = (context) =>
  stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) => {
    const model = trainStage(context, fields.model);
    const made = datasetOf(context, model?.fields.dataset);
    const compared = datasetOf(context, fields.reference);
    const madeShape = made?.fields && sampleShape(made.fields);
    const comparedShape = compared?.fields && sampleShape(compared.fields);
    if (!made || !compared || !madeShape || !comparedShape || shapesFit(madeShape, comparedShape)) return [];
    return [
      error('sample-shape', {
        at: fieldRange(declaration, 'reference'),
        message: `${quoted(fields.reference ?? '')} holds ${describeShape(comparedShape)}, but the model makes ${describeShape(madeShape)}`,
        notes: [{ ...declaredHere(made), message: 'the model learns this dataset' }],
        help: `compare it with a split of ${quoted(made.name)}`,
      }),
    ];
  });
