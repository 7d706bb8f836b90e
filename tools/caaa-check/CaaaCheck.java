import com.prowidesoftware.swift.model.mx.MxCaaa01100113;
import com.prowidesoftware.swift.model.mx.MxCaaa01200112;
import com.prowidesoftware.swift.model.mx.MxReadConfiguration;
import com.prowidesoftware.swift.model.mx.dic.CardPaymentDataSet36;
import com.prowidesoftware.swift.model.mx.dic.CardPaymentDataSet37;
import com.prowidesoftware.swift.model.mx.dic.CardPaymentDataSetTransaction12Choice;
import com.prowidesoftware.swift.model.mx.dic.CardPaymentTransaction135;
import com.prowidesoftware.swift.model.mx.dic.TransactionTotals12;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads files with Prowide ISO 20022 and prints one line of facts per file: the message, the data set,
 * the sums it states and the sums of its lines. Exits 1 when a file is not what it says it is.
 */
public final class CaaaCheck {
  public static void main(String[] arguments) throws Exception {
    PrintStream facts = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String argument : arguments) {
      String xml = Files.readString(Path.of(argument));
      facts.println(xml.contains(":caaa.012.") ? response(xml) : transfer(xml));
    }
  }

  private static String transfer(String xml) {
    MxCaaa01100113 message = MxCaaa01100113.parse(xml, new MxReadConfiguration());
    if (message == null || message.getAccptrBtchTrf() == null) throw new IllegalArgumentException("unreadable");
    List<CardPaymentDataSet37> dataSets = message.getAccptrBtchTrf().getBtchTrf().getDataSet();
    CardPaymentDataSet37 dataSet = dataSets.get(0);
    Map<String, BigDecimal> sums = new TreeMap<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (CardPaymentDataSetTransaction12Choice choice : dataSet.getTx()) {
      CardPaymentTransaction135 transaction = choice.getCmpltn().getTx();
      boolean isReversal = Boolean.TRUE.equals(transaction.isRvsl());
      String type = isReversal ? "DBTR" : "RFND".equals(transaction.getTxTp().value()) ? "CRDT" : "DEBT";
      sums.merge(type, transaction.getTxDtls().getTtlAmt(), BigDecimal::add);
      counts.merge(type, 1, Integer::sum);
    }
    return facts(message.getMxId().id(), dataSet.getDataSetId().getNm(), dataSet.getTxTtls())
        + " lines=" + dataSet.getTx().size()
        + " summed=" + sums
        + " counted=" + counts
        + " first=" + dataSet.getTx().get(0).getCmpltn().getTx().getMrchntRefData();
  }

  private static String response(String xml) {
    MxCaaa01200112 message = MxCaaa01200112.parse(xml, new MxReadConfiguration());
    CardPaymentDataSet36 dataSet = message.getAccptrBtchTrfRspn().getBtchTrfRspn().getDataSet().get(0);
    return facts(message.getMxId().id(), dataSet.getDataSetId().getNm(), dataSet.getTxTtls())
        + " result=" + dataSet.getDataSetRslt().getRspn()
        + " rejected=" + dataSet.getRjctdTx().size();
  }

  private static String facts(String id, String name, List<TransactionTotals12> totals) {
    Map<String, String> stated = new TreeMap<>();
    for (TransactionTotals12 total : totals) {
      stated.put(total.getTp().value(), total.getTtlNb() + "x" + total.getCmltvAmt());
    }
    return "message=" + id + " dataSet=" + name + " stated=" + stated;
  }
}
