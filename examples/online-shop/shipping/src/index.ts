/** The shipping plugin, and the definitions of its commands and views. */
export { Parcel } from "./Parcel/Parcel.ts"
export { Parcels } from "./Parcels/Parcels.ts"
export { Shipping } from "./Plugin.ts"
