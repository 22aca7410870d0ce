/// AMQP 0-9-1 (section 2.3 and 4.2 of the specification, with RabbitMQ's errata) as total functions over
/// [ByteBuf][io.netty.buffer.ByteBuf]: no bytes make them throw, and nothing is allocated for a length before its bytes
/// are there.
///
/// From bytes: [ProtocolHeader], then [FrameReader] cuts frames, then one [ContentAssembler] a channel makes methods
/// and messages of them. To bytes: [FrameWriter]. Below are `codec.method`, the methods, one file a class, and
/// `codec.wire`, what they are made of: tables, properties, strings, errors.
@NullMarked
package io.millrace.amqp.codec;

import org.jspecify.annotations.NullMarked;
