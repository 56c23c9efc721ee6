/** The bytes of a kernel of src/stats, assembled from its text, in base64. */
export declare function assemble(name: string): Promise<string>;
