/// Which settings exist, what values they accept, and where a value comes from when several places could give it.
///
/// Pure. Names, types, defaults and bounds of topic settings are those of Kafka 4.4's `TopicConfig`; texts of refusals
/// are those its clients know.
@NullMarked
package io.millrace.cluster.config;

import org.jspecify.annotations.NullMarked;
