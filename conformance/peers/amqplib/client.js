// amqplib as a client of the broker under test: node client.js URI PACKAGE SCENARIO. Exit code 0 when all of it held.
'use strict'
const assert = require('node:assert')
const { once } = require('node:events')

const [uri, library, scenario] = process.argv.slice(2)
const amqp = require(library)
const fresh = prefix => `${prefix}-${Math.random().toString(36).slice(2, 10)}`

async function withConnection(work, socketOptions = {}) {
  const connection = await amqp.connect(uri, socketOptions)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

/** The next `count` messages of a queue, acknowledged one by one. */
async function read(channel, queue, count) {
  const messages = []
  await new Promise((resolve, reject) => {
    channel
      .consume(queue, message => {
        messages.push(message)
        channel.ack(message)
        if (messages.length === count) resolve()
      })
      .catch(reject)
  })
  return messages
}

const scenarios = {
  async publishAndConsume() {
    await withConnection(async connection => {
      const channel = await connection.createConfirmChannel()
      const { queue } = await channel.assertQueue('', { exclusive: true })
      await channel.prefetch(10)
      const headers = { text: 'a', number: 7, yes: true, nested: { list: [1, 'two'] } }
      for (let i = 0; i < 200; i++) {
        channel.sendToQueue(queue, Buffer.from(`${i}`), { persistent: true, headers, messageId: `id-${i}` })
      }
      await channel.waitForConfirms()
      const messages = await read(channel, queue, 200)
      assert.deepStrictEqual(
        messages.map(m => m.content.toString()),
        Array.from({ length: 200 }, (_, i) => `${i}`)
      )
      assert.deepStrictEqual(messages[0].properties.headers, headers)
      assert.strictEqual(messages[0].properties.messageId, 'id-0')
      assert.strictEqual(messages[0].fields.redelivered, false)
    })
  },

  async largeBody() {
    await withConnection(async connection => {
      const channel = await connection.createConfirmChannel()
      const { queue } = await channel.assertQueue('', { exclusive: true })
      const body = Buffer.alloc(1_000_000, 'body')
      channel.sendToQueue(queue, body)
      await channel.waitForConfirms()
      const message = await channel.get(queue, { noAck: true })
      assert.ok(message.content.equals(body))
      assert.strictEqual(await channel.get(queue), false)
    })
  },

  async topicAndReturn() {
    await withConnection(async connection => {
      const channel = await connection.createConfirmChannel()
      const exchange = fresh('e')
      await channel.assertExchange(exchange, 'topic', { durable: false, autoDelete: true })
      const { queue } = await channel.assertQueue('', { exclusive: true })
      await channel.bindQueue(queue, exchange, 'a.*')
      const returned = once(channel, 'return')
      channel.publish(exchange, 'a.b', Buffer.from('routed'), { mandatory: true })
      channel.publish(exchange, 'b.a', Buffer.from('unroutable'), { mandatory: true })
      await channel.waitForConfirms()
      const [message] = await returned
      assert.strictEqual(message.content.toString(), 'unroutable')
      assert.strictEqual(message.fields.replyText, 'NO_ROUTE')
      assert.strictEqual((await channel.get(queue, { noAck: true })).content.toString(), 'routed')
    })
  },

  async channelError() {
    await withConnection(async connection => {
      const channel = await connection.createChannel()
      const failed = once(channel, 'error')
      await assert.rejects(channel.checkQueue('nobody'), /404 \(NOT-FOUND\) with message "NOT_FOUND - no queue 'nobody'/)
      const [error] = await failed
      assert.strictEqual(error.code, 404)
      const another = await connection.createChannel()
      assert.strictEqual((await another.assertQueue('', { exclusive: true })).messageCount, 0)
    })
  },

  async wrongPassword() {
    await assert.rejects(amqp.connect(uri.replace('guest:guest', 'guest:wrong')), /403 \(ACCESS-REFUSED\)/)
  },

  async cancelledByTheBroker() {
    await withConnection(async connection => {
      const channel = await connection.createChannel()
      const queue = fresh('q')
      await channel.assertQueue(queue, { durable: false })
      let cancelled
      const told = new Promise(resolve => (cancelled = resolve))
      await channel.consume(queue, message => message === null && cancelled())
      await (await connection.createChannel()).deleteQueue(queue)
      await told
    })
  },

  async heartbeats() {
    const connection = await amqp.connect(`${uri}?heartbeat=1`)
    const channel = await connection.createChannel()
    await new Promise(resolve => setTimeout(resolve, 4000))
    assert.strictEqual((await channel.assertQueue('', { exclusive: true })).messageCount, 0)
    await connection.close()
  },
}

setTimeout(() => {
  console.error('not done after 60 s')
  process.exit(1)
}, 60_000).unref()
scenarios[scenario]().catch(error => {
  console.error(error)
  process.exit(1)
})
