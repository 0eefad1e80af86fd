#include "lib/events/ring.h"

namespace hawser {

namespace {

// Seven bits a byte, the last one without the eighth: nearly all of them are below 128.
void put_number(Writer& writer, std::uint64_t number) {
  for (; number >= 0x80U; number >>= 7U) writer.u8(static_cast<std::uint8_t>(number | 0x80U));
  writer.u8(static_cast<std::uint8_t>(number));
}

std::uint64_t take_number(Reader& reader) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = reader.u8();
    number |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) break;
  }
  return number;
}

void put_text(Writer& writer, const std::string& text) {
  put_number(writer, text.size());
  writer.put({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string take_text(Reader& reader) {
  const auto bytes = reader.take(take_number(reader));
  return {bytes.begin(), bytes.end()};
}

// Without its number, which its place tells.
Bytes written(const EventRecord& record) {
  const auto& event = record.event;
  Writer writer;
  writer.native(record.at);
  writer.native(event.kind);
  writer.native(event.level);
  writer.native(event.cause.kind);
  writer.native(event.outlook);
  writer.u8(event.duration ? 1 : 0);
  if (event.duration) writer.native(*event.duration);
  put_number(writer, event.repeats.count);
  put_number(writer, static_cast<std::uint64_t>(event.repeats.within.count()));
  for (const auto* text :
       {&event.object, &event.what, &event.from, &event.to, &event.cause.text, &event.evidence})
    put_text(writer, *text);
  return {writer.bytes().begin(), writer.bytes().end()};  // no larger than that
}

EventRecord read(const Bytes& bytes, std::uint64_t id) {
  Reader reader(bytes);
  EventRecord record;
  record.id = id;
  auto& event = record.event;
  record.at = reader.native<std::chrono::system_clock::time_point>();
  event.kind = reader.native<EventKind>();
  event.level = reader.native<Level>();
  event.cause.kind = reader.native<CauseKind>();
  event.outlook = reader.native<Outlook>();
  if (reader.u8() != 0) event.duration = reader.native<Milliseconds>();
  event.repeats.count = take_number(reader);
  event.repeats.within = Milliseconds(static_cast<Milliseconds::rep>(take_number(reader)));
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
  for (const auto& bytes : records_) records.push_back(read(bytes, forgotten() + records.size() + 1));
  return records;
}

}  // namespace hawser
