/**
 * Operations of TensorFlow's that compute outputs from inputs and do nothing else: they read and write no file, call no code,
 * open no connection, draw nothing at random, and change no variable. What is not named here is not run.
 */
const computing = `
Abs Acos Acosh Asin Asinh Atan Atan2 Atanh Ceil Cos Cosh Digamma Elu Erf Erfc Erfinv Exp Expm1 Floor Inv IsFinite IsInf IsNan
LeakyRelu Lgamma Log Log1p LogSoftmax LogicalNot Neg Prelu Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh
Softmax Softplus Softsign Sqrt Square Tan Tanh
Add AddN AddV2 ApproximateEqual BiasAdd BiasAddV1 ClipByValue Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less
LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul MulNoNan NotEqual Pow RealDiv SquaredDifference Sub TruncateDiv
TruncateMod Xdivy Xlogy
All Any ArgMax ArgMin Cumprod Cumsum EuclideanNorm L2Loss Max Mean Min Prod Sum TopK TopKV2
BatchMatMul BatchMatMulV2 BatchMatMulV3 Einsum MatMul _FusedMatMul
AvgPool AvgPool3D Conv2D Conv2DBackpropInput Conv3D DepthwiseConv2dNative Dilation2D FusedBatchNorm FusedBatchNormV2
FusedBatchNormV3 FusedDepthwiseConv2dNative LRN MaxPool MaxPool3D MaxPoolV2 _FusedBatchNormEx _FusedConv2D
_FusedDepthwiseConv2dNative
BatchToSpaceND BroadcastArgs BroadcastTo Concat ConcatV2 DepthToSpace Diag DiagPart ExpandDims Fill Gather GatherNd GatherV2
InvertPermutation LinSpace MatrixBandPart MatrixDiag MatrixDiagPart MirrorPad OneHot OnesLike Pack Pad PadV2 Range Rank Reshape
Reverse ReverseV2 Roll ScatterNd Select SelectV2 Shape ShapeN Size Slice SpaceToBatchND SpaceToDepth Split SplitV Squeeze
StridedSlice TensorScatterUpdate Tile Transpose Unpack Where ZerosLike
Bitcast Cast CheckNumerics Dequantize EnsureShape FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
FakeQuantWithMinMaxVarsPerChannel GuaranteeConst Identity IdentityN PreventGradient Snapshot StopGradient
AdjustContrastv2 CropAndResize HSVToRGB RGBToHSV ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor
ScaleAndTranslate
Assert Const NoOp Placeholder PlaceholderWithDefault
`;

/** Those that read variables, and those that call functions of the same file. */
const reading =
  'DisableCopyOnRead ReadVariableOp ResourceGather VarHandleOp Variable VariableShape VariableV2';
const calling =
  'Case If PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf StatelessWhile While';

/** What fills variables with what is in the model's own folder. */
const filling =
  'Assign AssignVariableOp Const Identity IdentityN NoOp PartitionedCall Placeholder PlaceholderWithDefault RestoreV2 StatefulPartitionedCall VarHandleOp Variable VariableV2';

const names = (...lists: readonly string[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => list.trim().split(/\s+/)));

/** What a SavedModel may compute with, what it may be loaded with, and what a graph model may consist of. */
export const allowedOperations = {
  savedModel: names(computing, reading, calling),
  loading: names(filling),
  graphModel: names(computing),
} as const;

/** Why an operation that models do have is not among them; to follow "which". */
export function whyNot(operation: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(operation))?.[1];
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^(ReadFile|MatchingFiles|.*Reader.*|.*Dataset.*|Iterator.*|Decode.*|Lookup.*|.*HashTable.*|InitializeTable.*)$/,
    'reads other data than it is given',
  ],
  [
    /^(WriteFile|Save.*|.*Summary.*|Print.*|MergeV2Checkpoints|ShardedFilename|.*Checkpoint.*)$/,
    'writes files',
  ],
  [/PyFunc/, 'runs Python'],
  [/Random|Multinomial|Dropout|Rng/i, 'draws at random: no two measurements would agree'],
  [/^(Assign.*|Resource(Apply|Scatter).*|Scatter.*|Apply.*)$/, 'changes what the model is made of'],
  [/^(Send|Recv|_Send|_Recv|Remote.*|.*Grpc.*|.*Rpc.*|Collective.*)$/i, 'talks to other machines'],
];
