import { parseXml, type XmlElement } from './xml.js';

const numberOf = (element: XmlElement, attribute: string): number => {
  const text = element.attributes.get(attribute) ?? '1';
  return text === 'unbounded' ? Infinity : Number(text);
};

const childNamed = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/**
 * A validator made from an XML schema of global elements, complex types with one sequence or choice of element references, and
 * string types with a pattern. A construct beyond these is an error of the schema, never ignored.
 *
 * @returns every violation, with its path; empty when the document is valid
 */
export function xsdValidator(schemaSource: string): (document: XmlElement) => string[] {
  const schema = parseXml(schemaSource);
  const globals = (kind: string): Map<string, XmlElement> =>
    new Map(
      schema.children
        .filter(({ name }) => name === kind)
        .map((one) => [one.attributes.get('name') ?? '', one]),
    );
  const [elements, complexTypes, simpleTypes] = [
    globals('xs:element'),
    globals('xs:complexType'),
    globals('xs:simpleType'),
  ];
  if (elements.size + complexTypes.size + simpleTypes.size !== schema.children.length)
    throw new Error('the schema has a construct that this validator does not know');

  const patternOf = (type: string): RegExp | null => {
    if (type === 'xs:string') return null;
    const restriction = childNamed(simpleTypes.get(type) ?? schema, 'xs:restriction');
    const pattern = restriction && childNamed(restriction, 'xs:pattern')?.attributes.get('value');
    if (pattern === undefined) throw new Error(`no simple type ${type} with a pattern`);
    return new RegExp(`^(?:${pattern})$`, 'u');
  };
  const typeOf = (declaration: XmlElement): XmlElement | 'string' => {
    const named = declaration.attributes.get('type');
    if (named === 'xs:string') return 'string';
    const type = named === undefined ? childNamed(declaration, 'xs:complexType') : complexTypes.get(named);
    if (type === undefined) throw new Error(`no type of element ${declaration.attributes.get('name') ?? ''}`);
    return type;
  };
  const attributeFaults = (element: XmlElement, type: XmlElement | 'string', path: string): string[] => {
    const declared = type === 'string' ? [] : type.children.filter(({ name }) => name === 'xs:attribute');
    const names = declared.map((one) => one.attributes.get('name')!);
    const unknown = [...element.attributes.keys()].filter((name) => !names.includes(name));
    const wrong = declared.flatMap((one) => {
      const name = one.attributes.get('name')!;
      const value = element.attributes.get(name);
      if (value === undefined)
        return one.attributes.get('use') === 'required' ? [`${path}: no attribute ${name}`] : [];
      const pattern = patternOf(one.attributes.get('type')!);
      return pattern === null || pattern.test(value) ? [] : [`${path}: ${name}="${value}"`];
    });
    return [...unknown.map((name) => `${path}: unknown attribute ${name}`), ...wrong];
  };
  const contentFaults = (element: XmlElement, type: XmlElement | 'string', path: string): string[] => {
    const model =
      type === 'string' ? undefined : (childNamed(type, 'xs:sequence') ?? childNamed(type, 'xs:choice'));
    const mixed = type === 'string' || type.attributes.get('mixed') === 'true';
    const faults = !mixed && element.text.trim() !== '' ? [`${path}: text`] : [];
    const references = model?.children.map((one) => one.attributes.get('ref')!) ?? [];
    const stray = element.children.filter(({ name }) => !references.includes(name));
    faults.push(...stray.map(({ name }) => `${path}: unexpected <${name}>`));
    if (model?.name === 'xs:choice' && element.children.length > numberOf(model, 'maxOccurs'))
      faults.push(`${path}: ${element.children.length} elements of a choice`);
    if (model?.name === 'xs:sequence')
      for (const reference of model.children) {
        const count = element.children.filter(({ name }) => name === reference.attributes.get('ref')).length;
        if (count < numberOf(reference, 'minOccurs') || count > numberOf(reference, 'maxOccurs'))
          faults.push(`${path}: ${count} times <${reference.attributes.get('ref')!}>`);
      }
    return faults;
  };
  const faultsOf = (element: XmlElement, path: string): string[] => {
    const declaration = elements.get(element.name);
    if (declaration === undefined) return [`${path}: no element <${element.name}> in the schema`];
    const type = typeOf(declaration);
    return [
      ...attributeFaults(element, type, path),
      ...contentFaults(element, type, path),
      ...element.children.flatMap((child, i) => faultsOf(child, `${path}/${child.name}[${i}]`)),
    ];
  };
  return (document) => faultsOf(document, document.name);
}
