/// What exists as JSON trees under RabbitMQ's names, and back. Pure.
@NullMarked
package io.millrace.console.json;

import org.jspecify.annotations.NullMarked;
