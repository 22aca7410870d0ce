/// The node's configuration: a tree of small validated records, bound from one YAML file, the environment and flags.
@NullMarked
package io.millrace.server.config;

import org.jspecify.annotations.NullMarked;
