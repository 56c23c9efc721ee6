import protobuf from 'protobufjs/minimal.js';
import type { Attribute, Constant, GraphFile, NamedValue, Node } from './graph.js';

type Writer = protobuf.Writer;

const IR_VERSION = 8;
/** The operator set in which reductions and Split take their axes and sizes as inputs. */
const OPERATOR_SET = 18;
const elementTypes: Readonly<Record<NamedValue['type'], number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

const LENGTH_DELIMITED = 2;
const VARINT = 0;
const FIXED32 = 5;
const tag = (field: number, wire: number): number => (field << 3) | wire;

function message(writer: Writer, field: number, body: (writer: Writer) => void): void {
  writer.uint32(tag(field, LENGTH_DELIMITED)).fork();
  body(writer);
  writer.ldelim();
}

const text = (writer: Writer, field: number, value: string): Writer =>
  writer.uint32(tag(field, LENGTH_DELIMITED)).string(value);

const whole = (writer: Writer, field: number, value: number): Writer =>
  writer.uint32(tag(field, VARINT)).int64(value);

/** AttributeProto: name 1, f 2, i 3, s 4, g 6, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, GRAPH 5, INTS 7). */
function attributeProto(writer: Writer, name: string, attribute: Attribute): void {
  text(writer, 1, name);
  switch (attribute.kind) {
    case 'float':
      writer.uint32(tag(2, FIXED32)).float(attribute.value);
      whole(writer, 20, 1);
      break;
    case 'int':
      whole(writer, 3, attribute.value);
      whole(writer, 20, 2);
      break;
    case 'text':
      text(writer, 4, attribute.value);
      whole(writer, 20, 3);
      break;
    case 'graph':
      message(writer, 6, (body) => graphProto(body, attribute.value));
      whole(writer, 20, 5);
      break;
    case 'ints':
      for (const value of attribute.value) whole(writer, 8, value);
      whole(writer, 20, 7);
      break;
  }
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. */
function nodeProto(writer: Writer, node: Node): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name);
  text(writer, 4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, (inner) => attributeProto(inner, name, attribute));
  }
  if (node.domain !== '') text(writer, 7, node.domain);
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
function tensorProto(writer: Writer, constant: Constant): void {
  for (const extent of constant.shape) whole(writer, 1, extent);
  whole(writer, 2, elementTypes[constant.type]);
  text(writer, 8, constant.name);
  writer.uint32(tag(9, LENGTH_DELIMITED)).bytes(constant.bytes);
}

/** ValueInfoProto: name 1, type 2 (tensor_type 1: elem_type 1, shape 2: dim 1: dim_value 1, dim_param 2). */
function valueProto(writer: Writer, value: NamedValue): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      whole(tensor, 1, elementTypes[value.type]);
      message(tensor, 2, (shape) => {
        for (const extent of value.shape)
          message(shape, 1, (dimension) =>
            typeof extent === 'number' ? whole(dimension, 1, extent) : text(dimension, 2, extent),
          );
      });
    }),
  );
}

/** GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
function graphProto(body: Writer, graph: GraphFile): void {
  for (const node of graph.nodes) message(body, 1, (inner) => nodeProto(inner, node));
  text(body, 2, graph.name);
  for (const constant of graph.constants) message(body, 5, (inner) => tensorProto(inner, constant));
  for (const input of graph.inputs) message(body, 11, (inner) => valueProto(inner, input));
  for (const output of graph.outputs) message(body, 12, (inner) => valueProto(inner, output));
}

/** Encodes a graph as an ONNX model (github.com/onnx/onnx, onnx.proto). */
export function encodeModel(graph: GraphFile): Uint8Array {
  const writer = protobuf.Writer.create();
  whole(writer, 1, IR_VERSION);
  text(writer, 2, 'fedehr-bench');
  message(writer, 7, (body) => graphProto(body, graph));
  for (const [domain, version] of [
    ['', OPERATOR_SET],
    ['com.microsoft', 1],
  ] as const) {
    message(writer, 8, (set) => {
      text(set, 1, domain);
      whole(set, 2, version);
    });
  }
  return writer.finish();
}
