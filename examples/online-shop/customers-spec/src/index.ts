export { CustomerAddressChanged, CustomerGone, CustomerJoined, Customers } from "./Customers.ts"
export { CustomerId } from "./ids.ts"
