-- SPDX-License-Identifier: Apache-2.0
-- Wireshark's and tshark's view of a file of `oio sim --pcap`: what docs/seeing.md says stands in a packet. Copy or link it into the
-- folder of personal Lua plugins (Help, About, Folders), or name it: tshark -X lua_script:oio.lua -r FILE.
-- All numbers are little-endian. The fields oio.* say what was sent and what became of it, oio.flit.* what stands in the bytes that arrived.

local oio = Proto("oio", "oio flit")

local kinds = { [0] = "nop", "payload", "replay" }
local verdicts = {
  [0] = "accepted", "nop", "CRC wrong", "discarded", "duplicate", "ahead", "unknown", "failed", "ignored", "passed", "reset", "under way",
  "out of turn",
}
local protocols = { [0] = "nop", "payload" }
local commands = { [0] = "explicit", "ack", "nak" }
local CRC_WRONG, FAILED = 2, 7

local f = oio.fields
f.format = ProtoField.uint8("oio.format", "Flit format")
f.whole = ProtoField.bool("oio.whole", "Bytes of the flit follow")
f.kind = ProtoField.uint8("oio.kind", "Kind", base.DEC, kinds)
f.verdict = ProtoField.uint8("oio.verdict", "Verdict of the receiver", base.DEC, verdicts)
f.wrong_bits = ProtoField.uint16("oio.wrong_bits", "Wrong bits on arrival")
f.wire = ProtoField.uint32("oio.wire", "Wire")
f.from = ProtoField.uint32("oio.from", "From node")
f.to = ProtoField.uint32("oio.to", "To node")
f.sequence = ProtoField.uint16("oio.sequence", "Sequence of its own")
f.replays = ProtoField.uint16("oio.replays", "Sent before, times")
f.number = ProtoField.uint64("oio.number", "Number on its wire")
f.sent_ps = ProtoField.uint64("oio.sent_ps", "Sent, ps")
f.left_ps = ProtoField.uint64("oio.left_ps", "Last bit left, ps")
f.arrival_ps = ProtoField.uint64("oio.arrival_ps", "Arrival, ps")
f.protocol = ProtoField.uint8("oio.protocol", "Protocol", base.DEC, protocols)
f.command = ProtoField.uint8("oio.command", "Command", base.DEC, commands)
f.told = ProtoField.uint16("oio.told", "Sequence told")
f.round = ProtoField.uint8("oio.round", "Round")
f.echo = ProtoField.uint8("oio.echo", "Echo")
f.credit_limit = ProtoField.uint16("oio.credit_limit", "Credit limit")
f.unacked = ProtoField.uint32("oio.unacked_flits", "Transmitter: flits without an Ack")
f.credit = ProtoField.uint32("oio.credit_flits", "Transmitter: flits it may still send")

f.flit = ProtoField.bytes("oio.flit", "Flit as it arrived")
f.flit_protocol = ProtoField.uint8("oio.flit.protocol", "Protocol", base.DEC, protocols)
f.flit_command = ProtoField.uint8("oio.flit.command", "Command", base.DEC, commands)
f.flit_told = ProtoField.uint16("oio.flit.told", "Sequence told, 16 bits")
f.flit_round = ProtoField.uint8("oio.flit.round", "Round")
f.flit_echo = ProtoField.uint8("oio.flit.echo", "Echo")
f.flit_credit = ProtoField.uint16("oio.flit.credit_limit", "Credit limit")
f.flit_crc0 = ProtoField.uint16("oio.flit.crc0", "CRC of the first half", base.HEX)
f.flit_crc1 = ProtoField.uint16("oio.flit.crc1", "CRC of the second half", base.HEX)
f.flit_payload = ProtoField.bytes("oio.flit.payload", "Payload")

local wrong = ProtoExpert.new("oio.crc_wrong", "the CRC is wrong", expert.group.CHECKSUM, expert.severity.WARN)
local failed = ProtoExpert.new("oio.failed", "the link failed by this flit", expert.group.PROTOCOL, expert.severity.ERROR)
local again = ProtoExpert.new("oio.replayed", "a payload that was sent before", expert.group.SEQUENCE, expert.severity.NOTE)
oio.experts = { wrong, failed, again }

-- Where things stand in a flit: bytes from 0 (SPEC.md, section 1).
local formats = {
  [3] = { header = 236, control = 238, crc0 = 252, crc1 = 254, payload = { { 0, 236 } } },
  [6] = { header = 0, control = 122, crc0 = 126, crc1 = 254, payload = { { 2, 120 }, { 128, 116 } } },
}

local function dissect_flit(flit, format, tree)
  local at = formats[format]
  local branch = tree:add(f.flit, flit)
  if at == nil then return end
  local h0, h1 = flit(at.header, 1), flit(at.header + 1, 1)
  local k0, k1 = flit(at.control, 1), flit(at.control + 1, 1)
  branch:add(f.flit_protocol, h0, h0:bitfield(0, 2))
  branch:add(f.flit_command, h1, h1:bitfield(2, 2))
  branch:add(f.flit_told, flit(at.header, 2), k0:uint() * 256 + h0:bitfield(4, 4) * 16 + h1:bitfield(4, 4))
  branch:add(f.flit_round, k1, k1:bitfield(4, 4))
  branch:add(f.flit_echo, k1, k1:bitfield(0, 4))
  branch:add_le(f.flit_credit, flit(at.control + 2, 2))
  branch:add_le(f.flit_crc0, flit(at.crc0, 2))
  branch:add_le(f.flit_crc1, flit(at.crc1, 2))
  for _, run in ipairs(at.payload) do branch:add(f.flit_payload, flit(run[1], run[2])) end
end

-- Fields of the header in their order: field, bytes.
local layout = {
  { f.format, 2, 1 }, { f.whole, 3, 1 }, { f.kind, 4, 1 }, { f.verdict, 5, 1 }, { f.wrong_bits, 6, 2 }, { f.wire, 8, 4 }, { f.from, 12, 4 },
  { f.to, 16, 4 }, { f.sequence, 20, 2 }, { f.replays, 22, 2 }, { f.number, 24, 8 }, { f.sent_ps, 32, 8 }, { f.left_ps, 40, 8 },
  { f.arrival_ps, 48, 8 }, { f.protocol, 56, 1 }, { f.command, 57, 1 }, { f.told, 58, 2 }, { f.round, 60, 1 }, { f.echo, 61, 1 },
  { f.credit_limit, 62, 2 }, { f.unacked, 64, 4 }, { f.credit, 68, 4 },
}
local HEADER_BYTES = 72

local function info_of(buffer)
  local sequence, replays, command = buffer(20, 2):le_uint(), buffer(22, 2):le_uint(), buffer(57, 1):uint()
  local text = kinds[buffer(4, 1):uint()] or "?"
  if sequence > 0 then text = text .. " " .. sequence end
  if replays > 0 then text = text .. " (sent before: " .. replays .. ")" end
  if command > 0 then text = text .. ", " .. (commands[command] or "reserved command") .. " " .. buffer(58, 2):le_uint() end
  return text .. ", credit " .. buffer(62, 2):le_uint() .. ": " .. (verdicts[buffer(5, 1):uint()] or "?")
end

function oio.dissector(buffer, pinfo, tree)
  if buffer:len() < HEADER_BYTES or buffer(0, 1):uint() ~= 1 then return 0 end
  local header_bytes, verdict = buffer(1, 1):uint(), buffer(5, 1):uint()
  local branch = tree:add(oio, buffer(0, buffer:len()))
  for _, row in ipairs(layout) do branch:add_le(row[1], buffer(row[2], row[3])) end
  if verdict == CRC_WRONG then branch:add_proto_expert_info(wrong) end
  if verdict == FAILED then branch:add_proto_expert_info(failed) end
  if buffer(22, 2):le_uint() > 0 then branch:add_proto_expert_info(again) end
  pinfo.cols.protocol = "oio"
  pinfo.cols.src = "node " .. buffer(12, 4):le_uint()
  pinfo.cols.dst = "node " .. buffer(16, 4):le_uint()
  pinfo.cols.info = info_of(buffer)
  if buffer(3, 1):uint() == 1 and buffer:len() >= header_bytes + 256 then dissect_flit(buffer(header_bytes, 256), buffer(2, 1):uint(), branch) end
  return buffer:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, oio)
