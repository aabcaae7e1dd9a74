// @ts-check
// The shapes of the data that the page's modules hand to each other (types only, nothing runs here).

/**
 * One parameter of a part, as the catalogue declares it.
 * @typedef {object} Param
 * @property {string} name
 * @property {"integer"|"real"|"flag"|"choice"|"pair"|"shape"|"numbers"|"points"|"part"|"text"} widget
 * @property {any} default
 * @property {string} help
 * @property {string} label
 * @property {number|null} lo
 * @property {number|null} hi
 * @property {boolean} open_lo
 * @property {boolean} open_hi
 * @property {any[]} options
 * @property {[number, number]} [length]  lists: the fewest and the most entries
 * @property {string} kind
 * @property {boolean} optional
 * @property {boolean} live
 * @property {"linear"|"log"} scale
 * @property {number[]} presets
 */

/**
 * One part of the catalogue: a layer, an activation, a dataset …
 * @typedef {object} Part
 * @property {string} kind
 * @property {string} type
 * @property {string} label
 * @property {string} help
 * @property {string} formula
 * @property {Param[]} params
 * @property {Record<string, any>} facts
 * @property {Record<string, Record<string, any>>} [sets]  of uploaded data: facts by id
 */

/** @typedef {Record<string, Part[]>} Catalogue */

/** A part in use: `{type, …parameters}`. @typedef {{type: string} & Record<string, any>} PartSpec */
/** A layer in use. @typedef {PartSpec & {id: string, inputs?: string[]}} LayerSpec */

/**
 * A whole experiment: what POST /runs takes.
 * @typedef {object} Spec
 * @property {number} version
 * @property {number} seed
 * @property {{type: string, seed: number, train_fraction: number, features: string[]|null} & Record<string, any>} data
 * @property {{version: number, layers: LayerSpec[]}} network
 * @property {{loss: PartSpec, optimizer: PartSpec, schedule: PartSpec, regularizer: PartSpec,
 *   batch_size: number, epochs: number|null, shuffle: boolean} & Record<string, any>} training
 */

/** Where one weight array lies in the packed vector. @typedef {{layer: string, name: string, shape: number[],
 *   offset: number, size: number, trainable?: boolean}} ManifestEntry */

/**
 * What POST /networks/check says.
 * @typedef {object} Check
 * @property {{id: string, type: string, input_shape: number[], output_shape: number[], parameters: number,
 *   weights: {name: string, shape: number[]}[]}[]} layers
 * @property {number} parameters
 * @property {number[]} input_shape
 * @property {number[]} output_shape
 * @property {{where: string, message: string, fix: string}[]} [errors]
 */

/**
 * A frame of the stream, decoded.
 * @typedef {object} Frame
 * @property {Record<string, any>} head
 * @property {Record<string, {shape: number[], data: Float32Array|Float64Array}>} arrays
 */

export {};
