# Debian's bunny as a client of the broker under test: ruby client.rb HOST PORT SCENARIO. Exit code 0 when all of it held.
# frozen_string_literal: true

require 'bunny'
require 'timeout'

SECONDS = 20

def same(actual, expected)
  raise "expected #{expected.inspect}, was #{actual.inspect}" unless actual == expected
end

def waits_for(what)
  Timeout.timeout(SECONDS) { sleep 0.01 until yield }
rescue Timeout::Error
  raise "waited #{SECONDS} s for #{what}"
end

def publish_and_consume(connection)
  channel = connection.create_channel
  channel.prefetch(10)
  channel.confirm_select
  queue = channel.queue('', exclusive: true)
  headers = { 'text' => 'a', 'number' => 7, 'nested' => { 'list' => [1, 'two'] } }
  100.times { |i| queue.publish(i.to_s, persistent: true, headers: headers, priority: 3, type: 't') }
  same(channel.wait_for_confirms, true)
  bodies = []
  queue.subscribe(manual_ack: true) do |delivery, properties, body|
    same(properties.headers, headers)
    same([properties.priority, properties.type, properties.delivery_mode], [3, 't', 2])
    bodies << body
    channel.ack(delivery.delivery_tag)
  end
  waits_for('100 messages') { bodies.size == 100 }
  same(bodies, (0...100).map(&:to_s))
end

def routed(connection)
  channel = connection.create_channel
  topics = channel.topic('bunny.topics', auto_delete: true)
  alternate = channel.fanout('bunny.rest', auto_delete: true)
  queue = channel.queue('', exclusive: true).bind(topics, routing_key: '*.news.#')
  rest = channel.queue('', exclusive: true).bind(alternate)
  choosy = channel.direct('bunny.choosy', auto_delete: true, arguments: { 'alternate-exchange' => 'bunny.rest' })
  choosy.publish('nobody', routing_key: 'none')
  topics.publish('here', routing_key: 'uk.news.today')
  topics.publish('lost', routing_key: 'uk.weather')
  waits_for('the message') { queue.message_count == 1 && rest.message_count == 1 }
  same([queue.pop.last, rest.pop.last], %w[here nobody])
  same(queue.pop.last, nil)
  channel.exchange_delete('bunny.choosy')
end

def returned(connection)
  channel = connection.create_channel
  channel.confirm_select
  exchange = channel.default_exchange
  events = []
  exchange.on_return { |info, _, body| events << "#{info.reply_code} #{info.reply_text} #{body}" }
  exchange.publish('lost', routing_key: 'bunny.nowhere', mandatory: true)
  same(channel.wait_for_confirms, true)
  waits_for('the return') { !events.empty? }
  same(events, ['312 NO_ROUTE lost'])
end

def channel_errors(connection)
  channel = connection.create_channel
  begin
    channel.queue('bunny.missing', passive: true)
    raise 'there is no such queue'
  rescue Bunny::NotFound => e
    same(e.message, "NOT_FOUND - no queue 'bunny.missing' in vhost '/'")
  end
  other = connection.create_channel
  other.queue('bunny.compared', auto_delete: true)
  begin
    connection.create_channel.queue('bunny.compared', durable: true, auto_delete: true)
    raise 'the queue is not durable'
  rescue Bunny::PreconditionFailed => e
    raise e.message unless e.message.include?("inequivalent arg 'durable'")
  end
  last = connection.create_channel
  same(last.queue('', exclusive: true).message_count, 0)
  last.queue_delete('bunny.compared')
end

def rejected(connection)
  channel = connection.create_channel
  dead = channel.queue('', exclusive: true)
  arguments = { 'x-dead-letter-exchange' => '', 'x-dead-letter-routing-key' => dead.name, 'x-max-priority' => 5 }
  queue = channel.queue('', exclusive: true, arguments: arguments)
  queue.publish('low', priority: 1)
  queue.publish('high', priority: 4)
  waits_for('two messages') { queue.message_count == 2 }
  delivery, _, body = queue.pop(manual_ack: true)
  same(body, 'high')
  channel.nack(delivery.delivery_tag, false, true)
  delivery = nil
  waits_for('the message again') { delivery = queue.pop(manual_ack: true).first }
  same(delivery.redelivered?, true)
  channel.reject(delivery.delivery_tag, false)
  waits_for('the dead letter') { dead.message_count == 1 }
  _, properties, body = dead.pop
  same([body, properties.headers['x-death'][0]['reason']], %w[high rejected])
end

def transactions(connection)
  channel = connection.create_channel
  queue = channel.queue('', exclusive: true)
  channel.tx_select
  queue.publish('taken back')
  channel.tx_rollback
  queue.publish('kept')
  channel.tx_commit
  waits_for('the commit') { queue.message_count == 1 }
  same(queue.pop.last, 'kept')
end

def cancelled(connection)
  channel = connection.create_channel
  queue = channel.queue('bunny.cancelled', auto_delete: true)
  cancellations = []
  consumer = Bunny::Consumer.new(channel, queue)
  consumer.on_cancellation { |cancel| cancellations << cancel.consumer_tag }
  queue.subscribe_with(consumer)
  other = connection.create_channel
  other.queue_delete('bunny.cancelled')
  waits_for('the cancellation') { !cancellations.empty? }
  same(cancellations, [consumer.consumer_tag])
end

host, port, scenario = ARGV
connection = Bunny.new(host: host, port: port.to_i, automatically_recover: false, log_level: Logger::FATAL)
connection.start
send(scenario, connection)
connection.close
