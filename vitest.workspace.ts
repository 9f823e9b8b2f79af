import { defineConfig } from "vitest/config"

const packages = ["core", "testing", "sqlite", "http"]
const examples = ["hello", "online-shop/catalog", "online-shop/platform-local"]

const project = (name: string, root: string) => ({
  test: { name, root, include: ["test/**/*.test.ts"], passWithNoTests: true }
})

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      ...packages.map((name) => project(name, `packages/${name}`)),
      ...examples.map((name) => project(name, `examples/${name}`)),
      project("repository", ".")
    ]
  }
})
