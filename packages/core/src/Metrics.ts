/**
 * The metrics that the framework reports, by their names. They go wherever Effect's metrics go.
 */
import * as Metric from "effect/Metric"

/** Commands that were answered, by command and outcome (accepted, rejected, failed). */
export const commands = Metric.counter("reventless_commands", {
  description: "Commands that were answered, by command and outcome",
  incremental: true
})

/** Appends that were refused because something had been added to their boundary. */
export const conflicts = Metric.counter("reventless_append_conflicts", {
  description: "Appends that were refused because something had been added to their boundary",
  incremental: true
})

/** Decisions that were made again after a conflict. */
export const retries = Metric.counter("reventless_decision_retries", {
  description: "Decisions that were made again after a conflict",
  incremental: true
})

/** Commands that gave up because of lasting contention. */
export const contended = Metric.counter("reventless_contended_commands", {
  description: "Commands that gave up because of lasting contention",
  incremental: true
})

/** How long ago the last event that a view applied was made, in milliseconds; 0 when the view has caught up. */
export const viewLag = Metric.gauge("reventless_view_lag_millis", {
  description: "Age of the last event that a view applied, in milliseconds; 0 when it has caught up"
})

/** Events that a view has applied. */
export const viewEvents = Metric.counter("reventless_view_events", {
  description: "Events that a view has applied",
  incremental: true
})

/** Events that a view has parked, counted when they are parked. */
export const parked = Metric.counter("reventless_parked_events", {
  description: "Events that a view has parked",
  incremental: true
})

/** Items of todo lists, by component and outcome: done, parked, or an attempt that failed. */
export const todoItems = Metric.counter("reventless_todo_items", {
  description: "Items of todo lists, by component and outcome: done, parked, or an attempt that failed",
  incremental: true
})

/** Events that an extension point has published, by extension point. */
export const publishedEvents = Metric.counter("reventless_published_events", {
  description: "Events that an extension point has published, by extension point",
  incremental: true
})

/** Messages between plugins, by component and outcome: done, parked, or an attempt that failed. */
export const pluginMessages = Metric.counter("reventless_plugin_messages", {
  description: "Messages between plugins, by component and outcome: done, parked, or an attempt that failed",
  incremental: true
})

/** Directives, by plugin, extension point, directive and outcome: handled, failed or skipped. */
export const directives = Metric.counter("reventless_directives", {
  description: "Directives, by plugin, extension point, directive and outcome: handled, failed or skipped",
  incremental: true
})
