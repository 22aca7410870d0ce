/// What the controller decides: one class per command, from an image to records and a reply.
///
/// Pure: chance is an argument, nothing is written. Texts of refusals are those Kafka's clients know.
@NullMarked
package io.millrace.cluster.controller;

import org.jspecify.annotations.NullMarked;
