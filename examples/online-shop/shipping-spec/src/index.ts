export { ParcelArrived, Parcels } from "./Parcels.ts"
