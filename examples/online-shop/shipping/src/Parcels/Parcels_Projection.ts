import { Parcels } from "./Parcels.ts"

export const ParcelsLive = Parcels.projection((rows) => ({
  ParcelPrepared: (parcel) => rows.set({ ...parcel, status: "prepared" }),
  ParcelShipped: ({ orderId, trackingCode }) =>
    rows.update(orderId, (row) => ({ ...row, status: "shipped", trackingCode })),
  ParcelDelivered: ({ orderId }) => rows.update(orderId, (row) => ({ ...row, status: "delivered" }))
}))
