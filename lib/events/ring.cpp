#include "lib/events/ring.h"

namespace hawser {

namespace {

void put_text(Writer& writer, const std::string& text) {
  writer.native(static_cast<std::uint32_t>(text.size()));
  writer.put({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string take_text(Reader& reader) {
  const auto bytes = reader.take(reader.native<std::uint32_t>());
  return {bytes.begin(), bytes.end()};
}

Bytes written(const EventRecord& record) {
  const auto& event = record.event;
  Writer writer;
  writer.native(record.id);
  writer.native(record.at);
  writer.native(event.kind);
  writer.native(event.level);
  writer.native(event.cause.kind);
  writer.native(event.outlook);
  writer.native(event.duration.value_or(Milliseconds::min()));
  writer.native(event.repeats.count);
  writer.native(event.repeats.within);
  for (const auto* text :
       {&event.object, &event.what, &event.from, &event.to, &event.cause.text, &event.evidence})
    put_text(writer, *text);
  return {writer.bytes().begin(), writer.bytes().end()};  // no larger than that
}

EventRecord read(const Bytes& bytes) {
  Reader reader(bytes);
  EventRecord record;
  auto& event = record.event;
  record.id = reader.native<std::uint64_t>();
  record.at = reader.native<std::chrono::system_clock::time_point>();
  event.kind = reader.native<EventKind>();
  event.level = reader.native<Level>();
  event.cause.kind = reader.native<CauseKind>();
  event.outlook = reader.native<Outlook>();
  const auto duration = reader.native<Milliseconds>();
  if (duration != Milliseconds::min()) event.duration = duration;
  event.repeats.count = reader.native<std::uint64_t>();
  event.repeats.within = reader.native<Milliseconds>();
  for (auto* text : {&event.object, &event.what, &event.from, &event.to, &event.cause.text, &event.evidence})
    *text = take_text(reader);
  return record;
}

}  // namespace

EventRecord EventRing::add(Event event, std::chrono::system_clock::time_point at) {
  EventRecord record{++last_, at, std::move(event)};
  if (records_.size() == kMost) records_.pop_front();
  records_.push_back(written(record));
  return record;
}

std::vector<EventRecord> EventRing::records() const {
  std::vector<EventRecord> records;
  records.reserve(records_.size());
  for (const auto& bytes : records_) records.push_back(read(bytes));
  return records;
}

}  // namespace hawser
