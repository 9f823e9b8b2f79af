/** The customers plugin, and the definitions of its commands and views. */
export { Accounts } from "./Accounts/Accounts.ts"
export { AddressBook, AddressBookClosed } from "./AddressBook.ts"
export { Customer } from "./Customer/Customer.ts"
export { Customers } from "./Plugin.ts"
