// kafkajs as a client of the broker under test: node client.js BOOTSTRAP SCENARIO. Exit code 0 when all of it held.
'use strict'
const assert = require('node:assert')
const { Kafka, logLevel, CompressionTypes, ConfigResourceTypes } = require('kafkajs')

const [bootstrap, scenario] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'conformance', brokers: [bootstrap], logLevel: logLevel.NOTHING })
const fresh = prefix => `${prefix}-${Math.random().toString(36).slice(2, 10)}`
const text = bytes => (bytes === null || bytes === undefined ? null : bytes.toString())

async function withAdmin(work) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

async function createTopic(prefix, numPartitions) {
  const topic = fresh(prefix)
  await withAdmin(async admin => {
    assert.strictEqual(await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true }), true)
    assert.strictEqual(await admin.createTopics({ topics: [{ topic, numPartitions }] }), false)
  })
  return topic
}

async function produce(topic, messages, options = {}, sendOptions = {}) {
  const producer = kafka.producer(options)
  await producer.connect()
  try {
    return await producer.send({ topic, messages, ...sendOptions })
  } finally {
    await producer.disconnect()
  }
}

/** Runs consumers of one group until `enough` of what they read, then stops them. */
async function consume(topics, groupId, consumers, enough) {
  const read = []
  let done
  const finished = new Promise(resolve => (done = resolve))
  const running = []
  for (let i = 0; i < consumers; i++) {
    const consumer = kafka.consumer({ groupId, heartbeatInterval: 200 })
    running.push(consumer)
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        read.push({ topic, partition, message, consumer: i })
        if (enough(read)) done()
      },
    })
  }
  await finished
  for (const consumer of running) await consumer.disconnect()
  return read
}

const scenarios = {
  async produceAndConsume() {
    const topic = await createTopic('kafkajs', 1)
    const [first] = await produce(topic, [
      { key: 'k', value: 'v', headers: { a: '1', b: ['2', '3'] }, timestamp: '1700000000123' },
      { key: null, value: 'no key' },
      { key: 'tombstone', value: null },
    ])
    assert.strictEqual(first.errorCode, 0)
    assert.strictEqual(first.baseOffset, '0')
    await produce(topic, [{ value: 'compressed' }], {}, { compression: CompressionTypes.GZIP })
    await produce(topic, [{ value: 'unacknowledged' }], {}, { acks: 0 })
    await produce(topic, [{ value: 'leader' }], {}, { acks: 1 })
    const read = await consume([topic], fresh('group'), 1, all => all.length === 6)
    assert.deepStrictEqual(
      read.map(r => [r.message.offset, text(r.message.key), text(r.message.value)]),
      [
        ['0', 'k', 'v'],
        ['1', null, 'no key'],
        ['2', 'tombstone', null],
        ['3', null, 'compressed'],
        ['4', null, 'unacknowledged'],
        ['5', null, 'leader'],
      ],
    )
    assert.strictEqual(read[0].message.timestamp, '1700000000123')
    assert.strictEqual(text(read[0].message.headers.a), '1')
    assert.deepStrictEqual(read[0].message.headers.b.map(text), ['2', '3'])
  },

  async idempotentProducer() {
    const topic = await createTopic('kafkajs-idempotent', 2)
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    for (let i = 0; i < 50; i++) {
      await producer.send({ topic, acks: -1, messages: [{ partition: i % 2, value: String(i) }] })
    }
    await producer.disconnect()
    const read = await consume([topic], fresh('group'), 1, all => all.length === 50)
    for (const partition of [0, 1]) {
      const values = read.filter(r => r.partition === partition).map(r => Number(text(r.message.value)))
      assert.deepStrictEqual(values, Array.from({ length: 25 }, (_, i) => i * 2 + partition))
    }
  },

  async group() {
    const topic = await createTopic('kafkajs-group', 4)
    const groupId = fresh('group')
    const messages = Array.from({ length: 200 }, (_, i) => ({ partition: i % 4, value: String(i) }))
    await produce(topic, messages)
    const read = await consume([topic], groupId, 2, all => new Set(all.map(r => text(r.message.value))).size === 200)
    assert.strictEqual(new Set(read.map(r => text(r.message.value))).size, 200)
    await withAdmin(async admin => {
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
      assert.deepStrictEqual(offsets.partitions.map(p => p.offset).sort(), ['50', '50', '50', '50'])
      const { groups } = await admin.listGroups()
      assert.ok(groups.some(g => g.groupId === groupId && g.protocolType === 'consumer'))
      const described = await admin.describeGroups([groupId])
      assert.strictEqual(described.groups[0].state, 'Empty')
    })
    await produce(topic, [{ partition: 0, value: 'later' }])
    const later = await consume([topic], groupId, 1, all => all.length === 1)
    assert.deepStrictEqual(later.map(r => text(r.message.value)), ['later'])
    await withAdmin(async admin => {
      await admin.resetOffsets({ groupId, topic, earliest: true })
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: '40' }] })
    })
    const again = await consume([topic], groupId, 1, all => all.length === 161)
    assert.strictEqual(again.filter(r => r.partition === 1).length, 10)
    await withAdmin(async admin => {
      await admin.deleteGroups([groupId])
      const { groups } = await admin.listGroups()
      assert.ok(!groups.some(g => g.groupId === groupId))
    })
  },

  async seekAndPause() {
    const topic = await createTopic('kafkajs-seek', 1)
    await produce(topic, Array.from({ length: 10 }, (_, i) => ({ value: String(i) })))
    const consumer = kafka.consumer({ groupId: fresh('group') })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const read = []
    await new Promise(resolve => {
      consumer.run({
        autoCommit: false,
        eachMessage: async ({ message }) => {
          read.push(message.offset)
          if (read.length >= 3 && read.at(-1) === '9') resolve()
        },
      })
      consumer.seek({ topic, partition: 0, offset: '7' })
    })
    await consumer.disconnect()
    assert.deepStrictEqual(read.slice(-3), ['7', '8', '9'])
  },

  async admin() {
    const topic = await createTopic('kafkajs-admin', 2)
    await produce(topic, Array.from({ length: 10 }, (_, i) => ({ partition: 0, value: String(i), timestamp: String(1700000000000 + i) })))
    await withAdmin(async admin => {
      assert.ok((await admin.listTopics()).includes(topic))
      const metadata = await admin.fetchTopicMetadata({ topics: [topic] })
      assert.strictEqual(metadata.topics[0].partitions.length, 2)
      const offsets = await admin.fetchTopicOffsets(topic)
      assert.strictEqual(offsets.find(o => o.partition === 0).high, '10')
      const byTime = await admin.fetchTopicOffsetsByTimestamp(topic, 1700000000004)
      assert.strictEqual(byTime.find(o => o.partition === 0).offset, '4')
      await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
      const configs = await admin.describeConfigs({
        includeSynonyms: true,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }],
      })
      assert.strictEqual(configs.resources[0].configEntries[0].configValue, '604800000')
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] })
      const after = await admin.fetchTopicOffsets(topic)
      assert.strictEqual(after.find(o => o.partition === 0).low, '6')
      const cluster = await admin.describeCluster()
      assert.strictEqual(cluster.brokers.length, 1)
      assert.ok(cluster.clusterId)
      await admin.deleteTopics({ topics: [topic] })
    })
  },
}

scenarios[scenario]().then(
  () => process.exit(0),
  error => {
    console.error(error)
    process.exit(1)
  },
)
